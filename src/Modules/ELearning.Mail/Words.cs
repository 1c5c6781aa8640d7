namespace ELearning.Mail;

/// <summary>What choices are called on pages: keys of the module's texts.</summary>
internal static class Words
{
    public static string Of(LetterState state) => state switch
    {
        LetterState.Queued => "Waiting",
        LetterState.Sent => "Sent",
        LetterState.Kept => "Kept here",
        _ => "Failed",
    };

    public static string Of(MailProtection protection) => protection switch
    {
        MailProtection.StartTls => "STARTTLS",
        MailProtection.Tls => "TLS",
        _ => "None",
    };
}
