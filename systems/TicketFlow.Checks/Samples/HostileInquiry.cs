using System.Text;

namespace TicketFlow.Checks.Samples;

/// <summary>A request to submit an inquiry that is wrong, at a limit, or meant to do harm, and what a sound service does with it.</summary>
/// <param name="Name">What is special about it; unique.</param>
/// <param name="Body">The bytes to send.</param>
/// <param name="IsAccepted">Whether it is a valid inquiry: then it is stored to the letter; else it is answered with 4xx and nothing of it is stored.</param>
/// <param name="Field">The field that the answer must name; none when it is accepted, or when the fault is not in one field.</param>
/// <param name="ContentType">What the request says it is.</param>
internal sealed record HostileInquiry(string Name, ReadOnlyMemory<byte> Body, bool IsAccepted, string? Field, string ContentType = "application/json")
{
    /// <summary>The body as text, for a look at it.</summary>
    public override string ToString() => $"{Name}: {Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, 200)])}";
}
