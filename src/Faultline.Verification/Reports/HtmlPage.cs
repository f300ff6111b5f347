using System.Globalization;
using System.Net;

namespace Faultline.Verification.Reports;

/// <summary>Writes HTML so that foreign text cannot become markup: tags come from here, text goes through <see cref="Text"/>.</summary>
internal sealed class HtmlPage(TextWriter output)
{
    public HtmlPage Raw(string markup)
    {
        output.Write(markup);
        return this;
    }

    public HtmlPage Text(string? text)
    {
        output.Write(WebUtility.HtmlEncode(text ?? ""));
        return this;
    }

    /// <summary>An element with text in it.</summary>
    public HtmlPage Element(string tag, string? text, string? cssClass = null)
    {
        output.Write(cssClass is null ? $"<{tag}>" : $"<{tag} class=\"{cssClass}\">");
        Text(text);
        output.Write($"</{tag}>");
        return this;
    }

    public HtmlPage Row(params (string? Text, string Class)[] cells)
    {
        output.Write("<tr>");
        foreach ((string? text, string cssClass) in cells) Element("td", text, cssClass.Length == 0 ? null : cssClass);
        output.Write("</tr>\n");
        return this;
    }

    public HtmlPage Head(params (string Text, string Class)[] cells)
    {
        output.Write("<thead><tr>");
        foreach ((string text, string cssClass) in cells) output.Write($"<th scope=\"col\"{(cssClass.Length == 0 ? "" : $" class=\"{cssClass}\"")}>{WebUtility.HtmlEncode(text)}</th>");
        output.Write("</tr></thead>\n");
        return this;
    }

    public static string Coordinate(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
