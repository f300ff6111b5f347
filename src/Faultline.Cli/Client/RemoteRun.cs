using Faultline.Cli.Output;
using Faultline.Lab.Experiments;
using Faultline.Lab.Control;
using Faultline.Verification.Verdicts;

namespace Faultline.Cli.Client;

/// <summary>A run in a lab that lives on: started, followed, given up, and its report fetched, over the API.</summary>
internal sealed class RemoteRun
{
    private static readonly TimeSpan RollbackLimit = TimeSpan.FromMinutes(3);

    private readonly ApiClient _lab;
    private readonly string _path;
    private RunView _view;
    private long _told;

    private RemoteRun(ApiClient lab, RunView view) => (_lab, _view, _path) = (lab, view, $"/api/runs/{view.Id}");

    /// <summary>How far it is, as last seen.</summary>
    public RunView View => _view;

    public static async Task<RemoteRun> StartAsync(ApiClient lab, RunOrder order, CancellationToken stop) => new(lab, await lab.PostAsync<RunView>("/api/runs", order, stop));

    /// <summary>Tells each line until the run has ended. When it is interrupted, the run is given up, and the rest is told while its rollbacks run.</summary>
    /// <param name="tell">Gets each line.</param>
    /// <param name="stop">Gives the run up.</param>
    /// <param name="hurry">Does not wait for the rollbacks either.</param>
    public async Task FollowAsync(Action<RunLine> tell, CancellationToken stop, CancellationToken hurry)
    {
        try
        {
            await FollowToEndAsync(tell, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(hurry);
            limit.CancelAfter(RollbackLimit);
            await CancelAsync(limit.Token);
            await FollowToEndAsync(tell, limit.Token);
            throw;
        }
    }

    /// <summary>The summary for people; empty when the run came to no report.</summary>
    public async Task<string> SummaryAsync(bool colours, CancellationToken stop) =>
        _view.Verdict is null ? "" : await _lab.TextAsync($"{_path}/summary?colours={(colours ? "true" : "false")}", stop);

    /// <summary>Copies the report files into a folder of this machine.</summary>
    public async Task FetchAsync(string folder, CancellationToken stop)
    {
        Directory.CreateDirectory(folder);
        foreach (string name in _view.Files.Select(name => Path.GetFileName(name))) await _lab.DownloadAsync($"{_path}/files/{name}", Path.Combine(folder, name), stop);
    }

    private async Task FollowToEndAsync(Action<RunLine> tell, CancellationToken stop)
    {
        try
        {
            do
            {
                await foreach (RunLine line in _lab.LinesAsync<RunLine>($"{_path}/lines?after={_told}", stop))
                {
                    tell(line);
                    _told = line.Number;
                }

                // The lines have ended, or the connection has: the lab knows which.
                _view = await _lab.GetAsync<RunView>(_path, stop);
            }
            while (!_view.IsOver);
        }
        catch (CommandException gone)
        {
            // Also a new lab at the same address, which does not know the run.
            throw new CommandException(ExitCode.Infrastructure, $"The lab at {_lab.Lab} went away during the run; what it had written by then is in {_view.Folder} on its machine.", gone);
        }
    }

    private async Task CancelAsync(CancellationToken stop)
    {
        try
        {
            await _lab.SendAsync(HttpMethod.Delete, _path, stop);
        }
        catch (CommandException gone)
        {
            throw new CommandException(ExitCode.Infrastructure, $"The lab at {_lab.Lab} went away before the run could be cancelled; when it is back, look with 'faultline status' what is still set.", gone);
        }
    }
}
