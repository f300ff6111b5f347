using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>The session of a leader.</summary>
internal sealed class LeaderSession(Database database, string owner)
{
    public string Owner { get; } = owner;

    public bool IsOver { get; private set; }

    public TimeSpan BeatAt { get; set; }

    public List<Action> Ears { get; } = [];

    public void End()
    {
        IsOver = true;
        database.Depose(this);
    }
}

/// <content>The one lock that makes a leader.</content>
internal sealed partial class Database
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    public LeaderSession? Leader { get; private set; }

    /// <summary>All sessions that ever led; a planted bug lets the old ones go on.</summary>
    public LeaderSession? TryLead(string owner)
    {
        if (Leader is not null && !Plant.TwoLeaders)
        {
            if (World.Now - Leader.BeatAt > SilenceMax) Leader.End();
            return null;
        }

        Leader = new LeaderSession(this, owner) { BeatAt = World.Now };
        return Leader;
    }

    public void Depose(LeaderSession session)
    {
        if (Leader == session) Leader = null;
    }

    /// <summary>What only the leader may do. The assertion is the design's: deletes use the session that holds the lock.</summary>
    public void RequireLeader(LeaderSession session)
    {
        if (session.IsOver && !Plant.TwoLeaders) throw new SessionOverException();
        if (Leader != session) Broken.Add($"{session.Owner} removed outbox rows of {Service} although it leads no more");
    }

    public void Notify(Wire from)
    {
        if (Leader is not { } leader || World.Dice.Chance(Plant.LosesWakeUps ? 1 : LostWakeUps)) return;
        foreach (Action ear in leader.Ears) World.After(from.Latency(), World.Server, ear);
    }

    /// <summary>Opens a transaction elsewhere in the cluster for a while.</summary>
    public void HoldBack(TimeSpan duration)
    {
        ulong id = ++_lastTransaction;
        Foreign.Add(id);
        World.After(duration, World.Server, () => Foreign.Remove(id));
    }
}
