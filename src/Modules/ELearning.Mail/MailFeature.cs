namespace ELearning.Mail;

/// <summary>Letters to people: queued with the act that causes them, sent by SMTP, or kept in a local outbox.</summary>
public sealed class MailFeature : IFeature
{
    public FeatureInfo Info { get; } = new("Mail", "Mail", "People", "Sends mail, or shows what would have been sent.");
}
