using System.Runtime.CompilerServices;
using Faultline.Lab.Experiments;

namespace Faultline.Lab.Control;

/// <summary>The last lines of a run, for any number of readers. Thread-safe.</summary>
internal sealed class RunLog
{
    private const int LinesMax = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<RunLine> _lines = new();
    private TaskCompletionSource _news = Source();
    private RunLine? _last;
    private bool _isComplete;

    public RunLine? Last
    {
        get { lock (_gate) return _last; }
    }

    public void Add(RunLine line) => Tell(() =>
    {
        _lines.Enqueue(_last = line);
        if (_lines.Count > LinesMax) _lines.Dequeue();
    });

    /// <summary>No more lines come: readers end.</summary>
    public void Complete() => Tell(() => _isComplete = true);

    /// <summary>The lines after a number, and then each as it comes, until the run has ended.</summary>
    public async IAsyncEnumerable<RunLine> FollowAsync(long after, [EnumeratorCancellation] CancellationToken stop)
    {
        while (true)
        {
            RunLine[] lines;
            Task news;
            bool isComplete;
            lock (_gate) (lines, news, isComplete) = ([.. _lines.SkipWhile(line => line.Number <= after)], _news.Task, _isComplete);

            foreach (RunLine line in lines)
            {
                yield return line;
                after = line.Number;
            }

            if (lines.Length > 0) continue;
            if (isComplete) yield break;
            await news.WaitAsync(stop);
        }
    }

    private void Tell(Action change)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            change();
            (told, _news) = (_news, Source());
        }

        told.SetResult();
    }

    private static TaskCompletionSource Source() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
