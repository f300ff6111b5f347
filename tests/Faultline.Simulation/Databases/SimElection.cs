using Faultline.Messaging.Store;
using Faultline.Simulation.Worlds;

namespace Faultline.Simulation.Databases;

/// <summary>The election as one process sees it: one session, heartbeats in it, and word of work.</summary>
internal sealed class SimElection(Database database, string owner, Wire wire, TimeProvider time) : ILeaderElection
{
    private Term? _term;

    public async Task<ILeaderTerm?> TryLeadAsync(string instance, CancellationToken stop)
    {
        LeaderSession? session = await wire.CallAsync("stand for election", () => Task.FromResult(database.TryLead(owner)), problem => new StoreException(problem), stop);
        return session is null ? null : _term = new Term(this, session);
    }

    /// <summary>Runs a statement in the leader's session.</summary>
    public Task<ulong> InSessionAsync(string what, Func<LeaderSession, ulong> statement) => _term is { } term ? term.InSessionAsync(what, statement) : throw new DeposedException();

    private sealed class Term : ILeaderTerm
    {
        private static readonly TimeSpan BeatPause = TimeSpan.FromSeconds(1);
        private static readonly TimeSpan LookPause = TimeSpan.FromSeconds(5);

        private readonly SimElection _election;
        private readonly LeaderSession _session;
        private readonly CancellationTokenSource _over = new();
        private readonly CancellationTokenSource _resigned = new();
        private TaskCompletionSource? _asleep;
        private bool _isRung;

        public Term(SimElection election, LeaderSession session)
        {
            (_election, _session) = (election, session);
            _session.Ears.Add(Ring);
            Beating = BeatAsync();
        }

        public CancellationToken Over => _over.Token;

        private Task Beating { get; }

        public async Task WaitForWorkAsync(CancellationToken stop)
        {
            if (_isRung)
            {
                _isRung = false;
                return;
            }

            _asleep = new TaskCompletionSource();
            using CancellationTokenRegistration stopped = stop.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), _asleep);
            ITimer? safety = _election.Plant.LosesWakeUps ? null : _election.Clock.CreateTimer(static state => ((TaskCompletionSource)state!).TrySetResult(), _asleep, LookPause, Timeout.InfiniteTimeSpan);
            try
            {
                await _asleep.Task;
            }
            finally
            {
                safety?.Dispose();
                _asleep = null;
                _isRung = false;
            }
        }

        public async Task<ulong> InSessionAsync(string what, Func<LeaderSession, ulong> statement)
        {
            if (_over.IsCancellationRequested) throw new DeposedException();
            try
            {
                return await _election.Line.CallAsync(what, () => Task.FromResult(statement(_session)), problem => new DeposedException(new StoreException(problem)), CancellationToken.None);
            }
            catch (Exception error) when (error is DeposedException or SessionOverException)
            {
                _over.Cancel();
                throw error as DeposedException ?? new DeposedException(error);
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_election._term == this) _election._term = null;
            _resigned.Cancel();
            await Beating;
            _over.Cancel();
            await _election.Line.CallAsync("resign", () =>
            {
                if (!_election.Plant.TwoLeaders) _session.End();
                return Task.FromResult(0);
            }, broken: null, CancellationToken.None);
        }

        private void Ring()
        {
            _isRung = true;
            _asleep?.TrySetResult();
        }

        private async Task BeatAsync()
        {
            try
            {
                while (true)
                {
                    await Task.Delay(BeatPause, _election.Clock, _resigned.Token);
                    await InSessionAsync("beat", session =>
                    {
                        if (session.IsOver && !_election.Plant.TwoLeaders) throw new SessionOverException();
                        session.BeatAt = _election.World.Now;
                        return 0;
                    });
                }
            }
            catch (Exception error) when (error is OperationCanceledException or DeposedException)
            {
                // Resigned, or the session is gone and the term with it.
                _over.Cancel();
            }
        }
    }

    private Wire Line => wire;

    private TimeProvider Clock => time;

    private World World => database.World;

    private Plants.Plant Plant => database.Plant;
}
