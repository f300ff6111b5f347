using System.Data;
using System.Threading.Channels;
using Faultline.Messaging.Store;
using Npgsql;

namespace Faultline.Messaging.PostgreSql.Store;

/// <summary>
/// Elects the leader of a database by a session advisory lock and a heartbeat row. A paused process keeps its session, so the lock alone is not enough:
/// a standby ends a session that has been silent for <see cref="SilenceMax"/>. Thread-safe.
/// </summary>
/// <param name="database">The service's database.</param>
/// <param name="time">The clock that paces heartbeats; their age is judged by the database's own clock.</param>
public sealed class PostgresElection(NpgsqlDataSource database, TimeProvider time) : ILeaderElection
{
    /// <summary>How long a leader may be silent before a standby ends its session: 5 s.</summary>
    public static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(5);

    /// <summary>The channel on which other processes tell the leader of work.</summary>
    public const string Channel = "faultline_work";

    private const long LeaderLock = 0x7303_0000_0001;
    private volatile Term? _term;

    /// <inheritdoc />
    public Task<ILeaderTerm?> TryLeadAsync(string instance, CancellationToken stop) => Failures.AsStoreAsync<ILeaderTerm?>("standing for election", async () =>
    {
        NpgsqlConnection session = await database.OpenConnectionAsync(stop);
        NpgsqlConnection? ear = null;
        try
        {
            if (!await LockAsync(session, stop))
            {
                await EndSilentLeaderAsync(session, stop);
                await session.DisposeAsync();
                return null;
            }

            await BeatAsync(session, instance, stop);
            // The leader's statements are deletes of what is confirmed: losing one is a duplicate, which inboxes swallow.
            await ExecuteAsync(session, "set synchronous_commit = off", stop);
            ear = await database.OpenConnectionAsync(stop);
            await ExecuteAsync(ear, $"listen {Channel}", stop);
            var term = new Term(this, session, ear, instance, time);
            _term = term;
            return term;
        }
        catch
        {
            if (ear is not null) await ear.DisposeAsync();
            await session.DisposeAsync();
            throw;
        }
    });

    /// <summary>Runs statements in the leader's session.</summary>
    /// <typeparam name="T">What they answer.</typeparam>
    /// <param name="work">What to run.</param>
    /// <exception cref="DeposedException">There is no such session any more.</exception>
    internal Task<T> InSessionAsync<T>(Func<NpgsqlConnection, Task<T>> work) => _term is { } term ? term.InSessionAsync(work) : throw new DeposedException();

    private static async Task<bool> LockAsync(NpgsqlConnection session, CancellationToken stop)
    {
        await using var take = new NpgsqlCommand($"select pg_try_advisory_lock({LeaderLock})", session);
        return (bool)(await take.ExecuteScalarAsync(stop))!;
    }

    private static async Task EndSilentLeaderAsync(NpgsqlConnection session, CancellationToken stop)
    {
        // Only the session that holds the lock is ended: its process id is read from the lock itself, so that a reused id is nobody else's.
        await using var end = new NpgsqlCommand(
            """
            select pg_terminate_backend(l.pid) from faultline.leader h join pg_locks l on l.pid = h.backend
            where h.beat_at < clock_timestamp() - $1 and l.locktype = 'advisory' and l.granted and l.objsubid = 1 and (l.classid::bigint << 32) + l.objid::bigint = $2
              and l.database = (select oid from pg_database where datname = current_database())
            """,
            session)
        {
            Parameters = { new() { Value = SilenceMax }, new() { Value = LeaderLock } },
        };
        await end.ExecuteNonQueryAsync(stop);
    }

    private static async Task BeatAsync(NpgsqlConnection session, string instance, CancellationToken stop)
    {
        await using var beat = new NpgsqlCommand(
            """
            insert into faultline.leader (instance, backend, beat_at) values ($1, pg_backend_pid(), clock_timestamp())
            on conflict (one) do update set instance = excluded.instance, backend = excluded.backend, beat_at = excluded.beat_at
            """,
            session)
        {
            Parameters = { new() { Value = instance } },
        };
        await beat.ExecuteNonQueryAsync(stop);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private sealed class Term : ILeaderTerm
    {
        private static readonly TimeSpan BeatPause = TimeSpan.FromSeconds(1);

        /// <summary>How often the leader looks for work that nobody told it of (whoever committed it may have died before it could).</summary>
        private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(5);

        /// <summary>How often, once it hears nobody.</summary>
        private static readonly TimeSpan DeafLookPause = TimeSpan.FromSeconds(1);

        private const int UnlockSeconds = 1;

        private readonly PostgresElection _election;
        private readonly NpgsqlConnection _session;
        private readonly NpgsqlConnection _ear;
        private readonly string _instance;
        private readonly TimeProvider _time;
        private readonly SemaphoreSlim _turn = new(1, 1);
        private readonly CancellationTokenSource _over = new();
        private readonly CancellationTokenSource _resigned = new();
        private readonly Channel<bool> _work = System.Threading.Channels.Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private readonly Task _beating;
        private readonly Task _listening;
        private volatile bool _isDeaf;

        public Term(PostgresElection election, NpgsqlConnection session, NpgsqlConnection ear, string instance, TimeProvider time)
        {
            (_election, _session, _ear, _instance, _time) = (election, session, ear, instance, time);
            Over = _over.Token;
            _ear.Notification += (_, _) => _work.Writer.TryWrite(true);
            _beating = BeatAsync(_resigned.Token);
            _listening = ListenAsync(_resigned.Token);
        }

        public CancellationToken Over { get; }

        public async Task WaitForWorkAsync(CancellationToken stop)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
            Task safety = Task.Delay(_isDeaf ? DeafLookPause : LookPause, _time, limit.Token);
            Task word = _work.Reader.WaitToReadAsync(limit.Token).AsTask();
            await Task.WhenAny(safety, word);
            await limit.CancelAsync();
            _work.Reader.TryRead(out _);
            stop.ThrowIfCancellationRequested();
        }

        public async Task<T> InSessionAsync<T>(Func<NpgsqlConnection, Task<T>> work)
        {
            await _turn.WaitAsync();
            try
            {
                if (_over.IsCancellationRequested) throw new DeposedException();
                return await work(_session);
            }
            catch (Exception error) when (Failures.IsConnectionFailure(error))
            {
                await _over.CancelAsync();
                throw new DeposedException(error);
            }
            catch (NpgsqlException error)
            {
                throw new StoreException($"a statement of the leader failed: {error.Message}", error);
            }
            finally
            {
                _turn.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            Interlocked.CompareExchange(ref _election._term, null, this);
            await _resigned.CancelAsync();
            await _beating;
            await _listening;
            await _over.CancelAsync();
            await _ear.DisposeAsync();
            await UnlockAsync();
            await _session.DisposeAsync();
            _resigned.Dispose();
            _over.Dispose();
            _turn.Dispose();
        }

        // The pool resets a session when it gives it out again, which may be never: until then nobody could lead.
        private async Task UnlockAsync()
        {
            await _turn.WaitAsync();
            try
            {
                if (_session.FullState != ConnectionState.Open) return;

                await using var unlock = new NpgsqlCommand($"rollback; select pg_advisory_unlock({LeaderLock})", _session) { CommandTimeout = UnlockSeconds };
                await unlock.ExecuteNonQueryAsync(CancellationToken.None);
            }
            catch (Exception error) when (error is NpgsqlException || Failures.IsConnectionFailure(error))
            {
                return; // The session is gone, and the lock with it; or it is of no use to anybody. It is given back in either case.
            }
            finally
            {
                _turn.Release();
            }
        }

        private async Task BeatAsync(CancellationToken stop)
        {
            try
            {
                while (true)
                {
                    await Task.Delay(BeatPause, _time, stop);
                    await InSessionAsync(async session =>
                    {
                        await PostgresElection.BeatAsync(session, _instance, stop);
                        return 0;
                    });
                }
            }
            catch (Exception error) when (error is OperationCanceledException or DeposedException or StoreException)
            {
                // Resigned, or the session is gone and the term with it.
                await _over.CancelAsync();
            }
        }

        private async Task ListenAsync(CancellationToken stop)
        {
            try
            {
                await Notifications.ListenAsync(_ear, stop);
            }
            catch (Exception error) when (error is OperationCanceledException || Failures.IsConnectionFailure(error))
            {
                // Deaf, the term still works: it looks more often, and at once for what it may have missed. A new term listens again.
                _isDeaf = true;
                _work.Writer.TryWrite(true);
            }
        }
    }
}
