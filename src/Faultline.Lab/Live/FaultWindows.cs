namespace Faultline.Lab.Live;

/// <summary>A span of time in which a fault was set.</summary>
/// <param name="FaultId">Which.</param>
/// <param name="Layer">Where it acts.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Says">What it does.</param>
/// <param name="System">The system.</param>
/// <param name="Node">The node on which it acts; null for one on edges.</param>
/// <param name="From">Since when it was seen.</param>
/// <param name="To">Until when; null while it is there.</param>
public sealed record FaultWindow(string FaultId, FaultLayer Layer, string Kind, string Says, string System, string? Node, DateTimeOffset From, DateTimeOffset? To);

/// <summary>When faults were there, as far as somebody watched; the newest 200. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class FaultWindows(TimeProvider time)
{
    public const int WindowsMax = 200;

    private readonly Lock _gate = new();
    private readonly List<FaultWindow> _windows = [];

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyList<FaultWindow> All
    {
        get { lock (_gate) return [.. _windows]; }
    }

    /// <summary>Takes down which faults are there now.</summary>
    public void Take(IReadOnlyList<ActiveFault> faults)
    {
        DateTimeOffset now = time.GetUtcNow();
        lock (_gate)
        {
            for (int index = 0; index < _windows.Count; index++)
            {
                if (_windows[index].To is null && faults.All(fault => fault.Id != _windows[index].FaultId)) _windows[index] = _windows[index] with { To = now };
            }

            foreach (ActiveFault fault in faults)
            {
                if (_windows.Any(window => window.To is null && window.FaultId == fault.Id)) continue;
                _windows.Add(new FaultWindow(fault.Id, fault.Layer, fault.Kind, fault.Says, fault.System, fault.Node, fault.CreatedAt ?? now, null));
            }

            if (_windows.Count > WindowsMax) _windows.RemoveRange(0, _windows.Count - WindowsMax);
        }
    }
}
