using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Positional parameters for statements of a batch.</summary>
internal static class BatchExtensions
{
    /// <summary>Adds a statement.</summary>
    public static void Add(this NpgsqlBatch batch, string sql, params ReadOnlySpan<object> parameters)
    {
        NpgsqlBatchCommand command = new(sql);
        foreach (object parameter in parameters) command.Parameters.Add(new NpgsqlParameter { Value = parameter });
        batch.BatchCommands.Add(command);
    }
}
