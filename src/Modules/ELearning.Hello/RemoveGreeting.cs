using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Hello;

internal static class RemoveGreeting
{
    public static async Task<Results<NoContent, NotFound>> HandleAsync(Guid id, GuestBook book, CancellationToken ct) =>
        await book.RemoveAsync(id, ct) ? TypedResults.NoContent() : TypedResults.NotFound();
}
