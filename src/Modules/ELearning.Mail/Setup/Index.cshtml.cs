using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using ELearning.Settings;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace ELearning.Mail.Setup;

/// <summary>The server that takes the site's letters, and a letter to try it.</summary>
[Requires(MailFeature.Permissions.Manage)]
internal sealed class Index(MailSettings settings, ChangeSettings change, TrialLetter trial, IStringLocalizer<MailFeature> texts) : PageModel
{
    [BindProperty]
    public Form Input { get; set; } = new();

    [BindProperty, Display(Name = "Send a test letter to")]
    public string TrialTo { get; set; } = "";

    /// <summary>What became of the test letter.</summary>
    public TrialResult? Trial { get; private set; }

    public bool HasPassword => settings.Password != "";

    public bool SendsMail => settings.IsSet;

    public void OnGet() => Input = Form.Of(settings);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        ModelState.Remove(nameof(TrialTo));
        if (Input.IsSet && !Address.IsValid(Input.FromAddress))
            ModelState.AddModelError($"{nameof(Input)}.{nameof(Input.FromAddress)}", texts["Write the address that letters come from, such as no-reply@example.org."]);
        if (!ModelState.IsValid) return Page();

        switch (await change.RunAsync("mail", Input.ToJson(settings), ct))
        {
            case SettingsRefused refused:
                foreach (var (name, error) in refused.Errors) ModelState.AddModelError($"{nameof(Input)}.{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}", error);
                return Page();
            case SettingsStale:
                ModelState.AddModelError("", texts["Others are changing this site's settings at the same time. Save once more."]);
                return Page();
        }
        TempData["toast"] = (string)(Input.IsSet ? texts["Saved. Send a test letter to see that it works."] : texts["Saved. Letters are kept in the outbox."]);
        return RedirectToPage();
    }

    public async Task<IActionResult> OnPostTrialAsync(CancellationToken ct)
    {
        ModelState.Clear();
        Input = Form.Of(settings);
        if (!Address.TryParse(TrialTo, out var to)) ModelState.AddModelError(nameof(TrialTo), texts["Write one address, such as ada@example.org."]);
        else Trial = await trial.SendAsync(to, ct);
        return Page();
    }

    public sealed class Form
    {
        [Display(Name = "Server")]
        [StringLength(253, ErrorMessage = "A server's name has at most 253 characters.")]
        [RegularExpression(@"[A-Za-z0-9]([A-Za-z0-9.:-]*[A-Za-z0-9])?", ErrorMessage = "Write the name of the server only, such as smtp.example.org, without http:// and port.")]
        public string? Host { get; set; }

        [Range(1, 65535, ErrorMessage = "A port is a number from 1 to 65535; usual are 587, 465 and 25.")]
        public int Port { get; set; } = 587;

        [Display(Name = "Protection")]
        public MailProtection Protection { get; set; }

        [Display(Name = "Name at the server")]
        [StringLength(200, ErrorMessage = "Shorten the name to at most 200 characters.")]
        public string? UserName { get; set; }

        /// <summary>Empty: as it was.</summary>
        [Display(Name = "Password")]
        [StringLength(500, ErrorMessage = "Shorten the password to at most 500 characters.")]
        public string? Password { get; set; }

        [Display(Name = "Certificate to trust")]
        [RegularExpression("([0-9A-Fa-f]{2}:?){32}", ErrorMessage = "A fingerprint is 64 hexadecimal digits, with or without colons: openssl x509 -fingerprint -sha256.")]
        public string? Fingerprint { get; set; }

        [Display(Name = "Letters come from")]
        [StringLength(254, ErrorMessage = "Shorten the address to at most 254 characters.")]
        public string? FromAddress { get; set; }

        [Display(Name = "Name of the sender")]
        [StringLength(120, ErrorMessage = "Shorten the name to at most 120 characters.")]
        public string? FromName { get; set; }

        [Display(Name = "Days to keep letters")]
        [Range(1, 3650, ErrorMessage = "Letters can be kept for 1 to 3650 days.")]
        public int DaysKept { get; set; } = 30;

        public bool IsSet => !string.IsNullOrWhiteSpace(Host);

        public static Form Of(MailSettings settings) => new()
        {
            Host = settings.Host,
            Port = settings.Port,
            Protection = settings.Protection,
            UserName = settings.UserName,
            Fingerprint = settings.Fingerprint,
            FromAddress = settings.FromAddress,
            FromName = settings.FromName,
            DaysKept = settings.DaysKept,
        };

        public JsonObject ToJson(MailSettings before)
        {
            var after = before with
            {
                Host = Host?.Trim() ?? "",
                Port = Port,
                Protection = Protection,
                UserName = UserName?.Trim() ?? "",
                Fingerprint = Fingerprint?.Trim() ?? "",
                FromAddress = FromAddress?.Trim() ?? "",
                FromName = FromName?.Trim() ?? "",
                DaysKept = DaysKept,
            };
            var values = JsonSerializer.SerializeToNode(after)!.AsObject(); // a record is an object
            values.Remove(nameof(MailSettings.Password));
            values[nameof(Protection)] = Protection.ToString();
            // A password was given to one server over one kind of connection. Nobody gets it by naming another.
            var isElsewhere = after with { FromAddress = before.FromAddress, FromName = before.FromName, DaysKept = before.DaysKept } != before;
            if (!string.IsNullOrEmpty(Password)) values[nameof(Password)] = Password;
            else if (isElsewhere) values[nameof(Password)] = "";
            return values;
        }
    }
}
