namespace ELearning.Accounts;

/// <summary>Who people are: signing in and up, profiles, the people of a site, their roles, and what was done.</summary>
public sealed class AccountsFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Accounts", "Accounts", "People", "People sign in, administrators say who may do what.") { DependsOn = ["Mail"] };
}
