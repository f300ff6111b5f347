using System.Text;
using Faultline.Hosting.Configuration;
using Microsoft.Extensions.Configuration;

namespace TicketFlow.Communication.Mail;

/// <summary>How e-mail leaves the house, from the section <c>TicketFlow:Mail</c>: into a folder, or over SMTP when a host is given.</summary>
internal sealed record MailOptions
{
    private const string Section = "TicketFlow:Mail";

    /// <summary>The folder into which every letter is written as a file.</summary>
    /// <value><c>mail</c> in the service's data folder, where it has one. Not used with <see cref="Smtp"/>.</value>
    public string? Pickup { get; init; }

    /// <summary>The address of the sender; what follows its <c>@</c> is also the right side of every Message-ID.</summary>
    /// <value><c>desk@ticketflow.example</c>; plain ASCII.</value>
    public string From { get; init; } = "desk@ticketflow.example";

    /// <summary>The name of the sender.</summary>
    public string FromName { get; init; } = "TicketFlow";

    /// <summary>How long a letter that cannot be handed over is tried again.</summary>
    /// <value>3 days; 1 s to 30 days.</value>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>The mail server; null to use the folder.</summary>
    public SmtpOptions? Smtp { get; init; }

    /// <summary>The right side of a Message-ID.</summary>
    public string Domain => From[(From.LastIndexOf('@') + 1)..];

    /// <summary>Reads the section.</summary>
    /// <exception cref="ConfigurationException">Something is wrong; all of it is named.</exception>
    public static MailOptions Read(IConfiguration configuration)
    {
        MailOptions options;
        try
        {
            options = configuration.GetSection(Section).Get<MailOptions>() ?? new MailOptions();
        }
        catch (InvalidOperationException error)
        {
            throw new ConfigurationException($"{Section} cannot be read: {error.Message}");
        }

        string? data = configuration[$"{ServiceSettings.Section}:{nameof(ServiceSettings.Data)}"];
        if (string.IsNullOrWhiteSpace(options.Pickup)) options = options with { Pickup = string.IsNullOrWhiteSpace(data) ? null : Path.Combine(data, "mail") };
        string problems = string.Join("; ", options.Problems());
        return problems.Length == 0 ? options : throw new ConfigurationException(problems);
    }

    /// <summary>All that is wrong with these options; nothing when they are fine.</summary>
    public IEnumerable<string> Problems()
    {
        if (Smtp is null && Pickup is null)
        {
            yield return $"e-mail has nowhere to go: set {Section}:Pickup to a folder, {Section}:Smtp:Host to a mail server, or {ServiceSettings.Section}:{nameof(ServiceSettings.Data)} to a data folder, in which 'mail' then is the pickup folder";
        }

        if (!Mailbox.IsAddress(From) || !Ascii.IsValid(From)) yield return $"{Section}:From is '{From}'; it must be an address like desk@ticketflow.example, in ASCII";
        if (GiveUpAfter < TimeSpan.FromSeconds(1) || GiveUpAfter > TimeSpan.FromDays(30)) yield return $"{Section}:GiveUpAfter is {GiveUpAfter}; it must be 1 s to 30 days";
        foreach (string problem in Smtp?.Problems() ?? []) yield return $"{Section}:{problem}";
    }
}
