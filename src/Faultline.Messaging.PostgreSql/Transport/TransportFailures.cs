using System.Net.Sockets;
using Faultline.Messaging.Transport;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>Failures of the client library in the words of the transport contract. A connection string never appears in them.</summary>
internal static class TransportFailures
{
    /// <summary>Whether it comes from the broker or the way to it, and not from our own code.</summary>
    public static bool IsBroker(Exception error) => error is NpgsqlException or IOException or SocketException or TimeoutException;

    /// <summary>What to tell: the kind, and the server's own words where it said something.</summary>
    public static string Describe(Exception error) => error switch
    {
        PostgresException answer => $"{answer.SqlState}: {answer.MessageText}",
        _ => $"{error.GetType().Name}: {error.Message}",
    };

    /// <summary>Runs a step; a failure of the broker becomes a <see cref="TransportException"/>.</summary>
    public static async Task<T> TranslateAsync<T>(string what, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception error) when (IsBroker(error))
        {
            throw Unknown(what, error);
        }
    }

    /// <summary>
    /// The same for a step that may run twice. After a restart of the broker the pool still holds connections from before it, and the first use of one fails;
    /// the client library then empties the pool, so the second attempt gets a new connection.
    /// </summary>
    public static async Task<T> TranslateIdempotentAsync<T>(string what, Func<Task<T>> step)
    {
        try
        {
            return await step();
        }
        catch (Exception error) when (IsBroker(error))
        {
            return await TranslateAsync(what, step);
        }
    }

    /// <summary>The exception for a step whose outcome is unknown.</summary>
    public static TransportException Unknown(string what, Exception error) => new($"{what} failed: {Describe(error)}", error);
}
