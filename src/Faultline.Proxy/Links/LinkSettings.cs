using Faultline.Triggers;

namespace Faultline.Proxy.Links;

/// <summary>What all links of a proxy share.</summary>
/// <param name="Seed">Decides all random choices.</param>
/// <param name="OperationHeader">The header that names the operation of a request.</param>
/// <param name="ConnectLimit">How long a connection to an upstream may take.</param>
internal sealed record LinkSettings(Seed Seed, string OperationHeader, TimeSpan ConnectLimit);
