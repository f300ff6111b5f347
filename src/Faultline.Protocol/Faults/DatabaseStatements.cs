namespace Faultline.Protocol.Faults;

/// <summary>Kinds of SQL statements, by which an anomaly at <c>db.command.before</c> and <c>db.command.after</c> can be narrowed, in the place of a message type.</summary>
public static class DatabaseStatements
{
    /// <summary>Whatever does not begin with one of the other words.</summary>
    public const string Other = "other";

    /// <summary>All kinds: the first word of the statement, in lower case.</summary>
    public static IReadOnlyList<string> All { get; } = ["select", "insert", "update", "delete", "merge", "with", Other];
}
