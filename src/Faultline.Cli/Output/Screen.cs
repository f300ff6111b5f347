using System.Text.Encodings.Web;
using System.Text.Json;
using Faultline.Protocol;
using Spectre.Console;

namespace Faultline.Cli.Output;

/// <summary>Where a command writes, and what it reads. Colours only on a terminal, and not where NO_COLOR is set.</summary>
internal sealed class Screen
{
    private const int WidthOfPipe = 10_000; // Lines for programs are never wrapped.

    // For people and programs alike: readable, and no HTML around it.
    private static readonly JsonSerializerOptions Indented = new(ProtocolJson.Options) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TextWriter _output;
    private readonly TextWriter _error;
    private readonly IAnsiConsole _console;

    public Screen(TextWriter output, TextWriter error, TextReader input, bool isTerminal, bool hasColours)
    {
        (_output, _error, Input, IsTerminal, HasColours) = (output, error, input, isTerminal, hasColours);
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = hasColours ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = hasColours ? ColorSystemSupport.Standard : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isTerminal) _console.Profile.Width = WidthOfPipe;
    }

    /// <summary>What a person types.</summary>
    public TextReader Input { get; }

    /// <summary>Whether a person sits there.</summary>
    public bool IsTerminal { get; }

    public bool HasColours { get; }

    public TextWriter Output => _output;

    public TextWriter Error => _error;

    /// <summary>The terminal or pipes of this process.</summary>
    public static Screen OfProcess()
    {
        bool isTerminal = !Console.IsOutputRedirected;
        bool noColour = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) || Environment.GetEnvironmentVariable("TERM") == "dumb";
        return new Screen(Console.Out, Console.Error, Console.In, isTerminal, isTerminal && !noColour);
    }

    public void Line(string text = "") => _output.WriteLine(text);

    /// <summary>A line for people only, beside the result.</summary>
    public void Note(string text) => _error.WriteLine(text);

    public void Json<T>(T value) => _output.WriteLine(JsonSerializer.Serialize(value, Indented));

    /// <summary>One JSON value on one line, for streams.</summary>
    public void JsonLine<T>(T value) => _output.WriteLine(JsonSerializer.Serialize(value, ProtocolJson.Options));

    public void Heading(string text) => _console.MarkupLine($"[bold]{Markup.Escape(text)}[/]");

    /// <summary>Columns without lines around them. Cells are markup: texts from outside go through <see cref="Safe"/>.</summary>
    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (string column in columns) table.AddColumn(new TableColumn(new Markup($"[dim]{Markup.Escape(column)}[/]")) { Padding = new Padding(0, 0, 2, 0), NoWrap = !IsTerminal });
        foreach (IReadOnlyList<string> row in rows) table.AddRow([.. row.Select(cell => new Markup(cell))]);
        _console.Write(table);
    }

    public static string Safe(string? text) => Markup.Escape(new string([.. (text ?? "").Select(letter => char.IsControl(letter) && letter != '\n' ? '\uFFFD' : letter)]));

    public static string Good(string text) => $"[green]{Safe(text)}[/]";

    public static string Bad(string text) => $"[red]{Safe(text)}[/]";

    public static string Warn(string text) => $"[yellow]{Safe(text)}[/]";
}
