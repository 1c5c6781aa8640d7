using ELearning.Data;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Hello;

internal static class RemoveGreeting
{
    public static async Task<Results<NoContent, NotFound>> HandleAsync(Guid id, GuestBook book, Audit audit, Db db, CancellationToken ct)
    {
        // One transaction, so that nothing disappears without the trail saying who took it.
        var removed = await db.TransactAsync(async () =>
        {
            if (!await book.RemoveAsync(id, ct)) return false;
            await audit.WriteAsync("greeting-removed", new("greeting", id), new { }, ct);
            return true;
        }, ct);
        return removed ? TypedResults.NoContent() : TypedResults.NotFound();
    }
}
