using System.Globalization;
using Faultline.Anomalies;
using Faultline.Lab.Api;

namespace Faultline.Cli.Composition;

/// <summary>The kinds of faults at fault points as the lab shows them: it does not know them itself.</summary>
internal static class FaultKindViews
{
    private const string Milliseconds = "Ms";

    public static IReadOnlyList<FaultKindView> All { get; } = [.. FaultKindTable.Descriptions.Select(kind => new FaultKindView(kind.Name, kind.Says, [.. kind.Parameters.Select(Of)]))];

    private static FaultParameterView Of(KindParameter parameter) => new(parameter.Name, parameter.Type, parameter.Says)
    {
        Unit = parameter.Name.EndsWith(Milliseconds, StringComparison.Ordinal) ? "ms" : null,
        Required = parameter.Required,
        Min = parameter.Type == "bool" || parameter.OneOf is not null ? null : parameter.Min,
        Max = parameter.Type == "bool" || parameter.OneOf is not null ? null : parameter.Max,
        Default = parameter.Default switch { null => null, bool flag => flag ? "true" : "false", var value => Convert.ToString(value, CultureInfo.InvariantCulture) },
        OneOf = parameter.OneOf,
        AtMost = parameter.AtMost,
    };
}
