using System.Globalization;

namespace Faultline.Lab.Api;

/// <summary>Reads numbers of a query as texts: a wrong one is answered with a word on what is allowed, which the framework would not say.</summary>
internal static class Numbers
{
    public static bool TryRead(string? text, int usual, int min, int max, out int value)
    {
        value = usual;
        return string.IsNullOrEmpty(text) || (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max);
    }
}
