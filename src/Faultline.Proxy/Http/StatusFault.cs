using System.Text;

namespace Faultline.Proxy.Http;

/// <summary><c>status</c>: the client gets a status of our own, with a body of our own; nothing of the upstream's reply gets through.</summary>
internal sealed class StatusFault() : HttpFaultKind("status")
{
    private const int StatusPreset = 503;

    public override IEnumerable<string> Problems(HttpFaultSettings settings)
    {
        if (settings.Status is < 200 or > 599) yield return $"status is {settings.Status}; it must be 200 to 599";
        if (settings.RetryAfterSeconds is < 0) yield return $"retry_after_seconds is {settings.RetryAfterSeconds}; it must be 0 or more";
        if (settings.ContentType?.Any(char.IsControl) == true) yield return "content_type has control characters; it must be a media type";
    }

    public override void Act(HttpPlan plan, in HttpAct act)
    {
        HttpFaultSettings settings = act.Settings;
        byte[] body = Encoding.UTF8.GetBytes(settings.Body ?? string.Empty);
        plan.Decide(HttpOutcome.Answer, new HttpAnswer(settings.Status ?? StatusPreset, settings.ContentType ?? "text/plain; charset=utf-8", body, settings.RetryAfterSeconds));
    }
}
