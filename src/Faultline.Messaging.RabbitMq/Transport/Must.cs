using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Faultline.Messaging.RabbitMq.Transport;

/// <summary>Assertions that stay on: for what cannot be unless our own code is wrong, never for input.</summary>
internal static class Must
{
    /// <summary>Ends the process when a rule does not hold.</summary>
    public static void Hold([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string rule = "", [CallerMemberName] string member = "")
    {
        if (!condition) Environment.FailFast($"Broken invariant in {member}: {rule}");
    }
}
