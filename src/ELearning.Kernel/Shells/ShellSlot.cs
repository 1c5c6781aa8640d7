namespace ELearning.Shells;

/// <summary>The place of one tenant in this host: its row as last read, and its shell when it has one.</summary>
internal sealed class ShellSlot(Tenant tenant)
{
    public Tenant Tenant { get; set; } = tenant;

    /// <summary>Null until somebody asks, and again after eviction.</summary>
    public Shell? Current { get; set; }

    public ActivationFailure? Failure { get; set; }

    /// <summary>Held while a shell is built or swapped. Made on first use: a tenant that nobody asks for costs a row.</summary>
    public SemaphoreSlim Gate => LazyInitializer.EnsureInitialized(ref field, () => new(1))!;
}

/// <summary>Why a tenant could not be activated: shown to its administrators, and to others as a reference only.</summary>
public sealed record ActivationFailure(string Reference, string Reason, DateTimeOffset At, int Attempt, DateTimeOffset RetryAt)
{
    /// <summary>Doubling from one second to five minutes, so that a tenant that cannot start costs the others nothing.</summary>
    public static ActivationFailure After(ActivationFailure? earlier, Exception error, DateTimeOffset now)
    {
        var attempt = (earlier?.Attempt ?? 0) + 1;
        var wait = TimeSpan.FromSeconds(Math.Min(300, Math.Pow(2, attempt - 1)));
        return new(Guid.NewGuid().ToString("N")[..8], error.Message, now, attempt, now + wait);
    }
}

/// <summary>A tenant's shell could not be had: it is not running, or its activation failed.</summary>
internal sealed class TenantUnavailableException(Tenant tenant, ActivationFailure? failure)
    : Exception(failure is null ? $"Tenant {tenant.Name} is {tenant.State}." : $"Tenant {tenant.Name} could not be activated ({failure.Reference}): {failure.Reason}")
{
    public Tenant Tenant => tenant;

    public ActivationFailure? Failure => failure;
}
