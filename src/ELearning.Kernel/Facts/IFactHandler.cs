namespace ELearning;

/// <summary>Reacts to a fact in one transaction with its acknowledgement: its effects in the tenant's database happen exactly once.</summary>
public interface IFactHandler<in TFact>
{
    Task HandleAsync(TFact fact, CancellationToken ct);
}
