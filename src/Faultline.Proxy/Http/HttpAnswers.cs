using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;

namespace Faultline.Proxy.Http;

/// <summary>Writes answers of our own.</summary>
internal static class HttpAnswers
{
    public static readonly byte[] Continue = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    public static byte[] Write(HttpAnswer answer, string method, bool keepsAlive)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {ReasonPhrases.GetReasonPhrase(answer.Status)}\r\n");
        bool hasBody = answer.Status is not (204 or 304);
        if (hasBody) head.Append(CultureInfo.InvariantCulture, $"Content-Type: {answer.ContentType}\r\nContent-Length: {answer.Body.Length}\r\n");
        if (answer.RetryAfterSeconds is { } seconds) head.Append(CultureInfo.InvariantCulture, $"Retry-After: {seconds}\r\n");
        if (!keepsAlive) head.Append("Connection: close\r\n");
        head.Append("\r\n");
        byte[] bytes = Encoding.Latin1.GetBytes(head.ToString());
        return hasBody && method != "HEAD" ? [.. bytes, .. answer.Body] : bytes;
    }
}
