using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ELearning;

/// <summary>
/// The one place where an error becomes an answer: a page for pages, problem+json for endpoints, and a reference number
/// in both. What went wrong is in the log; only in development is it in the answer too.
/// </summary>
internal sealed class ErrorAnswers(RequestDelegate next, IHostEnvironment environment, ILogger<ErrorAnswers> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (BadHttpRequestException refused) when (!http.Response.HasStarted)
        {
            await AnswerAsync(http, refused.StatusCode, refused);
            return;
        }
        catch (Exception error)
        {
            log.LogError(error, "{Method} {Path} failed, reference {Reference}", http.Request.Method, http.Request.Path, Reference.Of(http));
            // Too late for an answer: closing the connection is how HTTP says that a response is not whole.
            if (http.Response.HasStarted) http.Abort();
            else await AnswerAsync(http, StatusCodes.Status500InternalServerError, error);
            return;
        }

        if (http.Response.StatusCode >= 400 && HasNoBody(http)) await AnswerAsync(http, http.Response.StatusCode, null);
    }

    private static bool HasNoBody(HttpContext http) =>
        !http.Response.HasStarted && http.Response.ContentType is null && (http.Response.ContentLength ?? 0) == 0;

    private Task AnswerAsync(HttpContext http, int status, Exception? error)
    {
        var (code, title, text) = Describe(status);
        var detail = error is not null && environment.IsDevelopment() ? error.ToString() : null;
        if (error is not null) http.Response.Clear();

        if (!IsPage(http)) return new Problem(status, code, title) { Detail = detail }.ExecuteAsync(http);

        return new ErrorPage(status, title, text) { Trace = detail }.WriteAsync(http);
    }

    // Never by Accept: a client that forgets the header would get HTML from an API, and a browser's fetch JSON from a page.
    private static bool IsPage(HttpContext http) => http.GetEndpoint() is { } endpoint
        ? endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null
        : !http.Request.Path.StartsWithSegments("/api");

    private static (string Code, string Title, string Text) Describe(int status) => status switch
    {
        401 => ("not-signed-in", "Please sign in", "This needs to know who you are."),
        403 => ("not-allowed", "Not for you", "You are signed in, and this needs a permission that you do not have."),
        404 => ("not-found", "There is nothing here", "The address may be mistyped, or what was here has been removed."),
        405 => ("wrong-method", "This cannot be done here", "What you asked for is not possible at this address."),
        409 => ("conflict", "Somebody was faster", "This has changed since you opened it. Reload it and try again."),
        410 => ("gone", "This is no longer here", "It was here once, and has been removed for good."),
        413 => ("too-large", "Too large", "What you sent is larger than is accepted here."),
        415 => ("wrong-content-type", "Not understood", "What you sent is of a kind that is not accepted here."),
        429 => ("too-many", "Too many attempts", "Wait a little, then try again."),
        503 => ("unavailable", "Not available just now", "Try again in a few seconds."),
        >= 500 => ("failed", "Something went wrong", "It is not your fault, and it has been noted. If it happens again, tell us the reference."),
        _ => ("bad-request", "Not understood", "What you sent could not be understood."),
    };
}

internal static class ErrorAnswersPipeline
{
    /// <summary>
    /// First of all, since whatever comes after it may fail; and once more within the tenant, whose theme shows the page while
    /// its services are still there.
    /// </summary>
    public static void UseErrors(this IApplicationBuilder app) => app.UseMiddleware<ErrorAnswers>();
}
