using System.Text.Json.Serialization;
using Faultline.Bench.Throughput.Contenders;

namespace Faultline.Bench.Throughput.Roles;

/// <summary>The part that a process plays.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RoleKind>))]
internal enum RoleKind
{
    Producer,
    Consumer,
}

/// <summary>The first line that a role process reads.</summary>
internal sealed record RoleOrder(RoleKind Role, RoleSetup Setup);
