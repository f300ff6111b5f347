using System.Text.Json;
using Faultline.Lab.Control;
using Faultline.Protocol;

namespace Faultline.Lab.Live;

/// <summary>Finds what has changed between two looks, by comparing what would be sent. Not thread-safe.</summary>
internal sealed class MapDiff
{
    private Dictionary<string, string> _nodes = [], _edges = [];
    private string _faults = "", _run = "";
    private string _systems = "";
    private LabPhase? _phase;

    /// <summary>The change from the look before to this one; null when there is none.</summary>
    public MapDelta? Next(MapView view, IReadOnlyList<FiredFault> fired, RunView? endedRun)
    {
        (IReadOnlyList<MapNode> nodes, Dictionary<string, string> nodeTexts) = Changed(view.Nodes, node => node.Id, _nodes);
        (IReadOnlyList<MapEdge> edges, Dictionary<string, string> edgeTexts) = Changed(view.Edges, edge => edge.Id, _edges);
        string[] gone = [.. _nodes.Keys.Where(id => !nodeTexts.ContainsKey(id)), .. _edges.Keys.Where(id => !edgeTexts.ContainsKey(id))];
        RunView? run = view.Run ?? endedRun;
        string faults = Text(view.Faults), runText = run is null ? "" : Text(run), systems = string.Join(',', view.Systems);
        bool isRunNew = run is not null && (runText != _run || endedRun is not null);
        var delta = new MapDelta
        {
            Sequence = view.Sequence,
            At = view.At,
            Phase = view.Phase != _phase ? view.Phase : null,
            Systems = systems != _systems ? view.Systems : null,
            Nodes = nodes.Count > 0 ? nodes : null,
            Edges = edges.Count > 0 ? edges : null,
            Gone = gone.Length > 0 ? gone : null,
            Faults = faults != _faults ? view.Faults : null,
            Fired = fired.Count > 0 ? fired : null,
            Run = isRunNew ? run : null,
            RunOver = endedRun is not null ? true : null,
        };
        (_nodes, _edges, _faults, _run, _systems, _phase) = (nodeTexts, edgeTexts, faults, runText, systems, view.Phase);
        return delta is { Phase: null, Systems: null, Nodes: null, Edges: null, Gone: null, Faults: null, Fired: null, Run: null } ? null : delta;
    }

    private static (IReadOnlyList<T> Changed, Dictionary<string, string> Texts) Changed<T>(IReadOnlyList<T> now, Func<T, string> id, Dictionary<string, string> before)
    {
        var texts = new Dictionary<string, string>(now.Count);
        List<T> changed = [];
        foreach (T each in now)
        {
            string text = texts[id(each)] = Text(each);
            if (!before.TryGetValue(id(each), out string? old) || old != text) changed.Add(each);
        }

        return (changed, texts);
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, ProtocolJson.Options);
}
