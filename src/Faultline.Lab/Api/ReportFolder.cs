using System.Collections.Concurrent;
using System.Text.Json;
using Faultline.Verification.Reports;

namespace Faultline.Lab.Api;

/// <summary>A report of a run that has ended, here or on the command line.</summary>
/// <param name="Id">The name of its folder.</param>
/// <param name="Name">What was run.</param>
/// <param name="Title">Its title.</param>
/// <param name="Seed">The seed, as text: it may have more digits than a number keeps.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="TookSeconds">How long it took.</param>
/// <param name="Verdict">passed, inconclusive or failed.</param>
/// <param name="ExitCode">How the command line ended.</param>
/// <param name="Cells">How many experiments it has.</param>
/// <param name="Broken">How many of them broke a rule.</param>
/// <param name="Inconclusive">How many of them could not be judged.</param>
/// <param name="Command">The exact command that repeats it.</param>
/// <param name="Files">The files that are there.</param>
public sealed record ReportItem(
    string Id, string Name, string Title, string Seed, DateTimeOffset StartedAt, double TookSeconds, string Verdict, int ExitCode, int Cells, int Broken, int Inconclusive, string Command, IReadOnlyList<string> Files);

/// <summary>An experiment of a report.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Title">Its title.</param>
/// <param name="Verdict">passed, inconclusive or failed.</param>
/// <param name="Violations">The rules that it broke.</param>
/// <param name="Ok">Operations that were acknowledged.</param>
/// <param name="Failed">Operations that certainly did nothing.</param>
/// <param name="Unknown">Operations whose outcome the client does not know.</param>
/// <param name="P50Ms">Half of them took no longer, in milliseconds.</param>
/// <param name="P99Ms">99 of 100 took no longer, in milliseconds.</param>
public sealed record ReportCell(string Name, string Title, string Verdict, IReadOnlyList<string> Violations, long Ok, long Failed, long Unknown, double? P50Ms, double? P99Ms);

/// <summary>The reports in a folder, each read once as long as it stays as it is. Thread-safe.</summary>
/// <param name="folder">The folder of all reports.</param>
internal sealed class ReportFolder(string folder)
{
    /// <summary>What of a report is kept in memory is small; the folders of others are read again.</summary>
    private const int KeptMax = 500;

    private static readonly string[] FileNames = [ReportFiles.HtmlName, ReportFiles.JsonName, ReportFiles.JUnitName, ReportFiles.HistoryName, ReportFiles.ExperimentName, ReportFiles.ReplayName];

    private readonly ConcurrentDictionary<string, (DateTime WrittenAt, ReportItem Item, IReadOnlyList<ReportCell> Cells)> _read = new();

    /// <summary>The newest reports, newest first.</summary>
    public IReadOnlyList<ReportItem> Newest(int limit)
    {
        if (!Directory.Exists(folder)) return [];

        IEnumerable<FileInfo> reports = new DirectoryInfo(folder).EnumerateDirectories().Select(each => new FileInfo(Path.Combine(each.FullName, ReportFiles.JsonName))).Where(file => file.Exists);
        return [.. reports.OrderByDescending(file => file.LastWriteTimeUtc).Take(limit).Select(file => Find(file.Directory!.Name)?.Item).OfType<ReportItem>()];
    }

    /// <summary>A report and its experiments; null when there is none of that name, or none that can be read.</summary>
    public (ReportItem Item, IReadOnlyList<ReportCell> Cells)? Find(string id)
    {
        // A name and no path: what is asked for is a folder in this one.
        if (id.Length == 0 || id is "." or ".." || id.IndexOfAny(['/', '\\']) >= 0) return null;
        var file = new FileInfo(Path.Combine(folder, id, ReportFiles.JsonName));
        if (!file.Exists) return null;
        if (_read.TryGetValue(id, out (DateTime WrittenAt, ReportItem Item, IReadOnlyList<ReportCell> Cells) known) && known.WrittenAt == file.LastWriteTimeUtc) return (known.Item, known.Cells);

        try
        {
            using FileStream json = file.OpenRead();
            using JsonDocument document = JsonDocument.Parse(json);
            (ReportItem Item, IReadOnlyList<ReportCell> Cells) read = Read(id, document.RootElement);
            if (_read.Count >= KeptMax) _read.Clear();
            _read[id] = (file.LastWriteTimeUtc, read.Item, read.Cells);
            return read;
        }
        catch (Exception error) when (error is JsonException or IOException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null; // It is being written, or something else put it there.
        }
    }

    /// <summary>The path of a file of a report; null when it has none of that name.</summary>
    public string? FileOf(string id, string name) => Find(id) is not null && FileNames.Contains(name) && Path.Combine(folder, id, name) is var path && File.Exists(path) ? path : null;

    private (ReportItem Item, IReadOnlyList<ReportCell> Cells) Read(string id, JsonElement report)
    {
        ReportCell[] cells = [.. report.GetProperty("cells").EnumerateArray().Select(Cell)];
        var item = new ReportItem(
            id, Text(report, "name"), Text(report, "title"), Text(report, "seed"), report.GetProperty("startedAt").GetDateTimeOffset(), report.GetProperty("tookSeconds").GetDouble(), Text(report, "verdict"),
            report.GetProperty("exitCode").GetInt32(), cells.Length, cells.Count(cell => cell.Verdict == "failed"), cells.Count(cell => cell.Verdict == "inconclusive"), Text(report, "replay"),
            [.. FileNames.Where(name => File.Exists(Path.Combine(folder, id, name)))]);
        return (item, cells);
    }

    private static ReportCell Cell(JsonElement cell)
    {
        JsonElement[] operations = [.. cell.GetProperty("operations").EnumerateArray()];
        return new ReportCell(
            Text(cell, "name"), Text(cell, "title"), Text(cell, "verdict"),
            [.. cell.GetProperty("findings").EnumerateArray().Where(finding => finding.GetProperty("violationCount").GetInt64() > 0).Select(finding => Text(finding, "checker"))],
            operations.Sum(each => each.GetProperty("ok").GetInt64()), operations.Sum(each => each.GetProperty("failed").GetInt64()), operations.Sum(each => each.GetProperty("unknown").GetInt64()),
            Latency(operations, "p50"), Latency(operations, "p99"));
    }

    /// <summary>Of one kind of operation; of several, percentiles cannot be put together.</summary>
    private static double? Latency(JsonElement[] operations, string name) =>
        operations is [{ } only] && only.TryGetProperty("latencyMs", out JsonElement latency) && latency.ValueKind == JsonValueKind.Object ? latency.GetProperty(name).GetDouble() : null;

    private static string Text(JsonElement of, string name) => of.TryGetProperty(name, out JsonElement value) ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText() : "";
}
