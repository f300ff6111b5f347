using System.Security.Cryptography;
using System.Text.Json;
using Faultline.Anomalies;
using Faultline.Messaging.Publishing;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Faultline.Hosting.Http;

/// <summary>What a write answers.</summary>
/// <param name="Status">HTTP status, 200 to 299.</param>
/// <param name="Body">The reply, as JSON.</param>
/// <param name="Location">Where the result is; null when nowhere.</param>
public sealed record WriteReply(int Status, object Body, string? Location = null)
{
    /// <summary>What is answered instead; null for a write that is done.</summary>
    internal IResult? Refusal { get; private init; }

    /// <summary>Ends a write without doing it: whatever its work has changed is undone, and a repeat is judged anew.</summary>
    /// <param name="because">What is answered.</param>
    public static WriteReply Refused(IResult because) => new(0, "") { Refusal = because };
}

/// <summary>
/// Runs HTTP writes in a unit of work. While the <c>idempotency-key</c> guard is on, the key and the reply are stored in the same transaction: a repeat is answered with the stored reply,
/// also when both come at once. Thread-safe.
/// </summary>
public sealed class IdempotentWrites(Units units, ControlPanel control, NpgsqlDataSource database, TimeProvider time)
{
    private const string ReadStored = "select fingerprint, status, reply, location from faultline.idempotency where key = $1";

    /// <summary>Runs a write.</summary>
    /// <param name="http">The request; its headers give key and operation.</param>
    /// <param name="request">What was asked, for the fingerprint: a key that comes with another request is refused.</param>
    /// <param name="work">What to do.</param>
    /// <param name="detached">Ends the work in place of the caller's cancellation; null when the caller's does.</param>
    public async Task<IResult> RunAsync(HttpContext http, object request, Func<UnitOfWork, CancellationToken, Task<WriteReply>> work, CancellationToken? detached = null)
    {
        string key = KeyOf(http);
        if (Refusal(key) is { } refusal) return refusal;

        bool guarded = key.Length > 0 && control.Guards.IdempotencyKey;
        byte[] fingerprint = FingerprintOf(request);
        try
        {
            return Reply(http, await units.RunAsync(OriginOf(http, key), (unit, stop) => RunAsync(unit, guarded ? key : null, fingerprint, work, stop), detached ?? http.RequestAborted));
        }
        catch (RefusedException refused)
        {
            return refused.Because;
        }
    }

    /// <summary>Answers a repeat whose reply is stored, before any slow work is done for it; null when there is none yet, or the guard is off.</summary>
    /// <param name="http">The request.</param>
    /// <param name="request">What was asked.</param>
    public async Task<IResult?> FindAsync(HttpContext http, object request)
    {
        string key = KeyOf(http);
        if (Refusal(key) is { } refusal) return refusal;
        if (key.Length == 0 || !control.Guards.IdempotencyKey) return null;

        await using NpgsqlCommand read = database.CreateCommand(ReadStored);
        read.Parameters.Add(new NpgsqlParameter { Value = key });
        return await ReadAsync(read, FingerprintOf(request), http.RequestAborted) is { } stored ? Reply(http, stored) : null;
    }

    private static string KeyOf(HttpContext http) => http.Request.Headers[OperationHeaders.IdempotencyKey].ToString();

    private static byte[] FingerprintOf(object request) => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, MessageCatalogue.Json));

    private static IResult? Refusal(string key) => key.Length > 200 || key.Any(letter => letter is < ' ' or > '~')
        ? Problems.Of(StatusCodes.Status400BadRequest, "idempotency-key.invalid", "Idempotency-Key must have 1 to 200 printable ASCII characters")
        : null;

    private static IResult Reply(HttpContext http, Stored stored)
    {
        if (stored.IsOther) return Problems.Of(StatusCodes.Status422UnprocessableEntity, "idempotency-key.reused", "this Idempotency-Key came with another request before; a new request needs a new key");

        if (stored.Location is { } location) http.Response.Headers.Location = location;
        return Results.Bytes(stored.Reply, "application/json; charset=utf-8").WithStatus(stored.Status);
    }

    /// <summary>Where the request comes from: the client's operation, or its key when it names none.</summary>
    private static Origin OriginOf(HttpContext http, string key)
    {
        string operation = http.Request.Headers[OperationHeaders.Operation].ToString();
        string cell = http.Request.Headers[OperationHeaders.Cell].ToString();
        return new Origin(
            Limit(operation.Length > 0 ? operation : key), null, cell.Length is > 0 and <= 100 ? new Dictionary<string, string> { [OperationHeaders.Cell] = cell } : null);
    }

    private static string? Limit(string id) => id.Length is > 0 and <= 200 ? id : null;

    /// <summary>The one way to undo a unit of work is to leave it by an exception.</summary>
    private sealed class RefusedException(IResult because) : Exception
    {
        public IResult Because { get; } = because;
    }

    private sealed record Stored(int Status, byte[] Reply, string? Location, bool IsOther = false);

    private async Task<Stored> RunAsync(UnitOfWork unit, string? key, byte[] fingerprint, Func<UnitOfWork, CancellationToken, Task<WriteReply>> work, CancellationToken stop)
    {
        if (key is not null && await FindAsync(unit, key, fingerprint, stop) is { } stored) return stored;

        WriteReply reply = await work(unit, stop);
        if (reply.Refusal is { } refusal) throw new RefusedException(refusal);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(reply.Body, reply.Body.GetType(), MessageCatalogue.Json);
        if (key is not null)
        {
            unit.Defer(new NpgsqlBatchCommand("update faultline.idempotency set status = $2, reply = $3, location = $4 where key = $1")
            {
                Parameters = { new() { Value = key }, new() { Value = reply.Status }, new() { Value = body }, new NpgsqlParameter<string?> { TypedValue = reply.Location } },
            });
        }

        return new Stored(reply.Status, body, reply.Location);
    }

    /// <summary>Notes the key; when it is there already, waits for the other's end and returns what it answered.</summary>
    private async Task<Stored?> FindAsync(UnitOfWork unit, string key, byte[] fingerprint, CancellationToken stop)
    {
        var connection = (NpgsqlConnection)unit.Connection;
        await using (var note = new NpgsqlCommand("insert into faultline.idempotency (key, fingerprint, at) values ($1, $2, $3) on conflict (key) do nothing", connection, (NpgsqlTransaction?)unit.Transaction))
        {
            note.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = key }, new() { Value = fingerprint }, new() { Value = time.GetUtcNow().UtcDateTime } });
            if (await note.ExecuteNonQueryAsync(stop) == 1) return null;
        }

        await using var read = new NpgsqlCommand(ReadStored, connection, (NpgsqlTransaction?)unit.Transaction);
        read.Parameters.Add(new NpgsqlParameter { Value = key });
        return await ReadAsync(read, fingerprint, stop);
    }

    private static async Task<Stored?> ReadAsync(NpgsqlCommand read, byte[] fingerprint, CancellationToken stop)
    {
        await using NpgsqlDataReader row = await read.ExecuteReaderAsync(stop);
        // Without a transaction a key may stand alone, its writer having died: then the write is done anew.
        if (!await row.ReadAsync(stop) || row.IsDBNull(1)) return null;
        return new Stored(row.GetInt32(1), (byte[])row.GetValue(2), row.IsDBNull(3) ? null : row.GetString(3), !((byte[])row.GetValue(0)).AsSpan().SequenceEqual(fingerprint));
    }
}

/// <summary>A result with another status.</summary>
internal static class StatusExtensions
{
    public static IResult WithStatus(this IResult result, int status) => new StatusResult(result, status);

    private sealed class StatusResult(IResult inner, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            return inner.ExecuteAsync(httpContext);
        }
    }
}
