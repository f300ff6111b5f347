using System.Text.Json;

namespace Faultline.Lab.Instances;

/// <summary>The durable list of what the lab took down and has not brought back; it survives a crash of the lab.</summary>
internal sealed class DisruptionLedger(string path)
{
    private readonly Lock _gate = new();

    public IReadOnlyList<DisruptionRecord> All()
    {
        lock (_gate) return ReadNeedsGate();
    }

    /// <summary>Records before the deed: a crash must not erase the record of itself. A later verb on the same target takes the place of the former.</summary>
    public void Add(DisruptionRecord record)
    {
        lock (_gate) WriteNeedsGate([.. ReadNeedsGate().Where(other => other.Target != record.Target), record]);
    }

    public void Remove(string target)
    {
        lock (_gate)
        {
            List<DisruptionRecord> before = ReadNeedsGate();
            List<DisruptionRecord> after = [.. before.Where(record => record.Target != target)];
            if (after.Count < before.Count) WriteNeedsGate(after);
        }
    }

    public void Clear()
    {
        lock (_gate) File.Delete(path);
    }

    private List<DisruptionRecord> ReadNeedsGate() =>
        File.Exists(path) ? JsonSerializer.Deserialize<List<DisruptionRecord>>(File.ReadAllBytes(path)) ?? [] : [];

    private void WriteNeedsGate(IReadOnlyList<DisruptionRecord> records) => SafeFile.WriteDurably(path, JsonSerializer.SerializeToUtf8Bytes(records));
}
