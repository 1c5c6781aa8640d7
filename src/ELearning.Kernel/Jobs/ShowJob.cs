using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ELearning;

/// <summary>How far a job is: for the page that waits for it, which asks again and again with the tag it has.</summary>
internal static class ShowJob
{
    public const string Permission = "jobs.read";

    /// <summary>What its owner may read; the error stays with whoever looks after the site.</summary>
    public sealed record Shown(Guid Id, string Name, JobState State, int Percent, string? Progress, string? Result, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt);

    // Somebody else's job is not there, rather than forbidden: its existence is nobody's business either.
    public static async Task<Results<Ok<Shown>, NotFound, StatusCodeHttpResult>> HandleAsync(
        Guid id, HttpContext http, Jobs jobs, Actor actor, Permissions permissions, CancellationToken ct)
    {
        if (await jobs.FindAsync(id, ct) is not { } job) return TypedResults.NotFound();
        if (job.RequestedBy is null || job.RequestedBy != actor.Person)
            if (!(await permissions.DecideAsync(actor, Permission, Scope.Tenant, ct)).Allowed) return TypedResults.NotFound();

        var tag = $"\"{job.Revision}\"";
        http.Response.Headers.ETag = tag;
        http.Response.Headers.CacheControl = "private, no-cache";
        if (http.Request.Headers.IfNoneMatch == tag) return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        return TypedResults.Ok(new Shown(job.Id, job.Name, job.State, job.Percent, job.Progress, job.Result, job.CreatedAt, job.EndedAt));
    }
}
