namespace Faultline.Protocol.Faults;

/// <summary>Names that a match may use in <see cref="MatchSpec.Headers"/> for what every message and request of a run carries.</summary>
public static class FaultHeaders
{
    /// <summary>The cell of a battery that the client's operation belongs to. Cells that share a running system are told apart by it.</summary>
    public const string Cell = "fl-cell";

    /// <summary>The client's operation at the root of the chain: what a match sees under this name is the operation id of the message or request.</summary>
    public const string Operation = "fl-operation";
}
