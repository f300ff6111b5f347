using System.Globalization;
using System.Text.Json;
using Faultline.Verification.Experiments;

namespace Faultline.Verification.OwnSystems;

/// <summary>Finds places in JSON by a path of names and numbers, as <c>order.lines.0.price</c>, and compares what stands there.</summary>
public static class JsonPlaces
{
    /// <summary>What stands at a place; null when there is nothing.</summary>
    /// <param name="json">The whole.</param>
    /// <param name="path">The place; null or empty for the whole.</param>
    public static JsonElement? At(JsonElement json, string? path)
    {
        if (string.IsNullOrEmpty(path)) return json;

        JsonElement here = json;
        foreach (string part in path.Split('.'))
        {
            if (here.ValueKind == JsonValueKind.Object && here.TryGetProperty(part, out JsonElement property)) here = property;
            else if (here.ValueKind == JsonValueKind.Array && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < here.GetArrayLength()) here = here[index];
            else return null;
        }

        return here;
    }

    /// <summary>What is wrong with a reply; null when it is as it must be.</summary>
    /// <param name="json">The reply.</param>
    /// <param name="expectations">What it must hold.</param>
    /// <param name="values">The values of placeholders.</param>
    public static string? Wrong(JsonElement json, IReadOnlyList<JsonExpectation> expectations, IReadOnlyDictionary<string, JsonElement> values)
    {
        foreach (JsonExpectation expectation in expectations)
        {
            if (At(json, expectation.Path) is not { } found) return $"the reply has no {expectation.Path}";

            if (expectation.Value is { } value)
            {
                string wanted = Placeholders.Fill(value, values)?.ToJsonString() ?? "null";
                using JsonDocument parsed = JsonDocument.Parse(wanted);
                if (!JsonElement.DeepEquals(found, parsed.RootElement)) return $"{expectation.Path} is {found.GetRawText()}; it must be {wanted}";
            }
            else if (found.ValueKind != JsonValueKind.Number || !found.TryGetDecimal(out decimal number) || number < (expectation.Min ?? decimal.MinValue) || number > (expectation.Max ?? decimal.MaxValue))
            {
                return $"{expectation.Path} is {found.GetRawText()}; it must be a number{(expectation.Min is { } min ? string.Create(CultureInfo.InvariantCulture, $" from {min}") : "")}{(expectation.Max is { } max ? string.Create(CultureInfo.InvariantCulture, $" up to {max}") : "")}";
            }
        }

        return null;
    }
}
