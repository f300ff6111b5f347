namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>The first halves of the advisory lock keys of the queue; the second half says which session or queue. Never to be changed: processes of different builds meet here.</summary>
internal static class LockKeys
{
    /// <summary>Held while the schema is created and while a topology is declared.</summary>
    public const int Schema = 0x464C5100;

    /// <summary>Held by each session for as long as it lives: whoever can take it knows that the session is dead and nothing of it is under way.</summary>
    public const int Session = 0x464C5101;

    /// <summary>Held while somebody changes the ownership of a queue's partitions.</summary>
    public const int Ownership = 0x464C5102;

    /// <summary>Held by a sender from before it draws ids for a partition to its commit; the second half is the queue's id × 256 + the partition.</summary>
    public const int Partition = 0x464C5103;

    /// <summary>Held by the one process that forgets old events of streams.</summary>
    public const int StreamTrim = 0x464C5104;
}
