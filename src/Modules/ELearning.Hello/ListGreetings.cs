using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning.Hello;

internal static class ListGreetings
{
    public static async Task<Ok<List<Greeting>>> HandleAsync(GuestBook book, HelloSettings settings, CancellationToken ct) =>
        TypedResults.Ok(await book.LatestAsync(settings.GreetingsShown, ct));
}
