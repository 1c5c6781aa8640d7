namespace ELearning.Data;

/// <summary>The database engine of this installation, SQLite or PostgreSQL: makes, opens and drops databases.</summary>
public abstract class Engine : IAsyncDisposable
{
    /// <summary>As an administrator reads it, with the version in use: "SQLite 3.40.1".</summary>
    public abstract string Name { get; }

    public abstract Dialect Dialect { get; }

    /// <summary>Told of every statement before it runs: the parity test listens here, nobody in production.</summary>
    internal Action<Store, Sql>? StatementSeen { get; set; }

    /// <summary>Readies the platform's own database (made when it is not there) before anything else is asked.</summary>
    internal abstract Task StartAsync(CancellationToken ct);

    /// <summary>The platform's own database.</summary>
    internal abstract Store Platform { get; }

    /// <summary>A tenant's database. Opens nothing until the first statement.</summary>
    internal abstract Store Open(string tenantKey);

    /// <summary>The same database as its schema's owner: for migrations and maintenance only.</summary>
    internal abstract Store OpenAsOwner(string tenantKey);

    internal abstract Task CreateAsync(string tenantKey, CancellationToken ct);

    internal abstract Task DropAsync(string tenantKey, CancellationToken ct);

    /// <summary>
    /// Keeps the rows of these tables as they are now, outside the database as export, backup and erasure see it. The
    /// copy of an earlier try at the same <paramref name="step"/> is replaced, or each try would add one.
    /// </summary>
    /// <param name="owner">The platform's store, or a tenant's by <see cref="OpenAsOwner"/>.</param>
    internal abstract Task CopyBeforeAsync(Store owner, IReadOnlyList<string> tables, string step, DateTimeOffset at, CancellationToken ct);

    /// <summary>Removes the copies that were made before then, of all databases.</summary>
    internal abstract Task SweepCopiesAsync(DateTimeOffset before, CancellationToken ct);

    /// <summary>Held by at most one host and one caller of the installation at a time.</summary>
    internal abstract ValueTask<IAsyncDisposable> LockAsync(string name, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
