using System.Text.Json.Nodes;

namespace Faultline.Messaging.Publishing;

/// <summary>
/// A message that can also be read from bodies of its earlier versions. A consumer that knows only this version then reads older ones too: their bodies are rewritten step by step, and the
/// last one is read as this type. Implemented by the record of the newer version, beside its contract, so that every consumer has the same steps.
/// </summary>
public interface IUpcast
{
    /// <summary>The oldest version that can be brought here; from 1, and less than the type's own version.</summary>
    static abstract int OldestVersion { get; }

    /// <summary>Rewrites a body of one version into one of the next. Pure: the same body gives the same result, without clock, chance or database.</summary>
    /// <param name="body">The body as JSON; may be changed and returned.</param>
    /// <param name="from">The version of the body; the result is of version <paramref name="from"/> + 1.</param>
    /// <returns>The body of the next version.</returns>
    static abstract JsonObject Upcast(JsonObject body, int from);
}
