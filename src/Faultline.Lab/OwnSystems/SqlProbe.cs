using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Faultline.Verification.Checkers;
using Faultline.Verification.Experiments;
using Faultline.Verification.OwnSystems;
using Npgsql;

namespace Faultline.Lab.OwnSystems;

/// <summary>Reads facts of a rule by a query, in a transaction that can write nothing.</summary>
internal sealed class SqlProbe(string invariant, SqlProbeConfig probe, LookCall call, string prefix)
{
    private const string OperationColumn = "operation";
    private const int RowsMax = 1_000_000;
    private const int CommandSecondsMax = 60;

    public async Task<IReadOnlyList<SystemFact>> RowsAsync(IReadOnlyList<string> rules, CancellationToken stop)
    {
        if (Connection() is not { } connection) return [OwnFacts.Unreadable(invariant, probe.ConnectionFrom is { } variable ? $"the environment variable {variable} with its connection string is not set" : $"{probe.Service} has no database here")];

        await using NpgsqlConnection database = new(connection);
        await database.OpenAsync(stop);
        await using NpgsqlTransaction transaction = await database.BeginTransactionAsync(IsolationLevel.RepeatableRead, stop);
        await using (NpgsqlCommand guard = new("set transaction read only", database, transaction)) await guard.ExecuteNonQueryAsync(stop);
        await using NpgsqlCommand query = new(probe.Query, database, transaction) { CommandTimeout = CommandSecondsMax };
        if (probe.Query.Contains("@prefix", StringComparison.Ordinal)) query.Parameters.AddWithValue("prefix", prefix);
        await using NpgsqlDataReader reader = await query.ExecuteReaderAsync(stop);
        bool wantsNone = rules.Contains(OwnRules.None);
        int? column = ColumnOf(reader, wantsNone);
        var facts = new List<SystemFact> { OwnFacts.Read(invariant) };
        while (await reader.ReadAsync(stop))
        {
            string? operation = column is { } place && !await reader.IsDBNullAsync(place, stop) ? reader.GetValue(place).ToString() : null;
            if (wantsNone) facts.Add(OwnFacts.Row(invariant, operation, RowOf(reader)));
            else if (operation?.StartsWith(prefix, StringComparison.Ordinal) == true) facts.Add(OwnFacts.Of(invariant, operation));
            if (facts.Count > RowsMax) return [OwnFacts.Unreadable(invariant, $"the query has more than {RowsMax} rows that count; restrict it with @prefix")];
        }

        return facts;
    }

    /// <summary>The column of the operation: the one of that name, otherwise the first where rows stand for operations.</summary>
    private static int? ColumnOf(NpgsqlDataReader reader, bool wantsNone)
    {
        for (int place = 0; place < reader.FieldCount; place++) if (reader.GetName(place).Equals(OperationColumn, StringComparison.OrdinalIgnoreCase)) return place;
        return wantsNone ? null : 0;
    }

    private static JsonElement RowOf(NpgsqlDataReader reader)
    {
        var row = new JsonObject();
        for (int place = 0; place < reader.FieldCount; place++)
        {
            row[reader.GetName(place)] = reader.GetValue(place) switch
            {
                DBNull => null,
                string or int or long or short or decimal or double or float or bool => JsonSerializer.SerializeToNode(reader.GetValue(place)),
                var other => JsonValue.Create(other.ToString()),
            };
        }

        return JsonSerializer.SerializeToElement(row);
    }

    private string? Connection()
    {
        if (probe.ConnectionFrom is not { } variable) return call.DatabaseOf(probe.Service!);
        if (Environment.GetEnvironmentVariable(variable) is not { Length: > 0 } given) return null;
        if (!Uri.TryCreate(given, UriKind.Absolute, out Uri? url) || url.Scheme is not ("postgresql" or "postgres")) return given;

        string[] user = url.UserInfo.Split(':', 2);
        var parts = new NpgsqlConnectionStringBuilder { Host = url.Host, Database = Uri.UnescapeDataString(url.AbsolutePath.TrimStart('/')), Username = Uri.UnescapeDataString(user[0]) };
        if (url.Port > 0) parts.Port = url.Port;
        if (user.Length > 1) parts.Password = Uri.UnescapeDataString(user[1]);
        return parts.ConnectionString;
    }
}
