namespace ELearning.Mail;

/// <summary>Why a letter was not taken, in words for whoever looks after the site.</summary>
/// <param name="IsFinal">Trying again would meet the same answer.</param>
/// <param name="IsServer">It is not about this letter: others would fare no better now.</param>
internal sealed record NotTaken(string Reason, bool IsFinal = false, bool IsServer = false);

/// <summary>The mail server of the settings.</summary>
internal sealed class MailServer(MailSettings settings, Shells.Tenant tenant)
{
    public MailConnection Open() => new(settings, tenant.Title);
}

/// <summary>A conversation with the server that lasts over several letters, begun with the first one and again when it broke.</summary>
internal sealed class MailConnection(MailSettings settings, string site) : IAsyncDisposable
{
    private SmtpConversation? _open;

    /// <returns>Null when the server has taken it.</returns>
    public async Task<NotTaken?> SendAsync(Outgoing letter, CancellationToken ct)
    {
        if (!Address.TryParse(letter.ToAddress, out var to)) return new($"\"{letter.ToAddress}\" is no address that mail can be sent to.", IsFinal: true);
        if (!Address.TryParse(settings.FromAddress, out var from)) return new("The settings name no address that letters come from.", IsServer: true);

        try
        {
            _open ??= await SmtpConversation.OpenAsync(settings, ct);
            var message = new MimeMessage(from, settings.FromName is "" ? site : settings.FromName, to, letter);
            if (await _open.SendAsync(from, to, message.ToBytes(), ct) is not { } refused) return null;
            return new(refused.Text, refused.IsFinal);
        }
        catch (Exception e) when (SmtpConversation.Explain(e, settings, ct) is { } why)
        {
            if (_open is not null) await _open.DisposeAsync();
            _open = null;
            // A wrong password is a final answer too, but people mend it, and then the letters should go.
            return new(why, IsServer: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_open is not null) await _open.DisposeAsync();
    }
}
