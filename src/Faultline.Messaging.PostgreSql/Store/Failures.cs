using Faultline.Messaging.Store;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>Tells failures of the connection from failures of a statement.</summary>
internal static class Failures
{
    /// <summary>
    /// Whether the server or the way to it failed, and not what was asked: anything that is no answer of the server, and answers of the classes 08 (connection), 53 (resources)
    /// and 57P (shutdown), see appendix A of the PostgreSQL manual. 25P03 is the end of a session that was idle inside a transaction for too long.
    /// </summary>
    public static bool IsConnectionFailure(Exception error) => error switch
    {
        PostgresException answer => answer.SqlState.StartsWith("08", StringComparison.Ordinal) || answer.SqlState.StartsWith("53", StringComparison.Ordinal)
            || answer.SqlState.StartsWith("57P", StringComparison.Ordinal) || answer.SqlState == "25P03",
        NpgsqlException or System.IO.IOException or System.Net.Sockets.SocketException or TimeoutException or ObjectDisposedException => true,
        _ => false,
    };

    /// <summary>Runs work whose every database failure means: the outcome is unknown, ask again.</summary>
    public static async Task<T> AsStoreAsync<T>(string what, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is NpgsqlException || IsConnectionFailure(error))
        {
            throw new StoreException($"{what} failed: {error.Message}", error);
        }
    }

    /// <summary>Runs work of which only a connection failure means: the outcome is unknown, ask again. A refused statement is thrown as it is.</summary>
    public static async Task AsConnectionAsync(string what, Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error) when (IsConnectionFailure(error))
        {
            throw new StoreException($"{what} failed: {error.Message}", error);
        }
    }
}
