using System.Text.Json;
using Faultline.Protocol.Histories;
using Faultline.Verification.Experiments;
using Faultline.Verification.Histories;

namespace Faultline.Lab.Steps;

/// <summary>A workload that is given by its HTTP requests: an operation is done when each of them is, one after the other, and the client sends one again while it does not know what became of it.</summary>
/// <param name="description">Name and meaning.</param>
/// <param name="steps">The requests of one operation.</param>
/// <param name="drawn">What the seed draws for each.</param>
/// <param name="subject">What an operation is about, with placeholders; null for nothing.</param>
public sealed class StepsWorkload(WorkloadDescription description, IReadOnlyList<HttpStep> steps, IReadOnlyList<DrawnValue> drawn, string? subject) : IWorkload
{
    /// <inheritdoc />
    public WorkloadDescription Description { get; } = description;

    /// <inheritdoc />
    public async Task<OperationEnd> RunAsync(WorkloadCall call, CancellationToken stop)
    {
        Dictionary<string, JsonElement> values = Placeholders.ValuesOf(drawn, call.Seed, call.OperationId, call.Number);
        long began = call.Time.GetTimestamp();
        bool mayHaveChanged = false;
        int attempts = 1;
        foreach (HttpStep step in steps)
        {
            (StepAnswer answer, int sent, bool wasUnclear) = await TryAsync(step, call, values, began, stop);
            attempts = Math.Max(attempts, sent);
            if (answer.End != AttemptEnd.Done)
            {
                // An earlier step was done, or an earlier attempt may have been: then "not done" is more than anybody knows.
                mayHaveChanged |= wasUnclear && !step.ChangesNothing;
                Outcome outcome = mayHaveChanged ? Outcome.Unknown : Endings.Classify(step.ChangesNothing, FailureOf(answer.End));
                return new OperationEnd(outcome, attempts, SubjectOf(values), Error: $"{step.Method} {step.Path}: {answer.Says}");
            }

            mayHaveChanged |= !step.ChangesNothing;
            foreach ((string name, JsonElement value) in answer.Captured) values[name] = value;
        }

        return new OperationEnd(Outcome.Ok, attempts, SubjectOf(values), ReplyOf(values));
    }

    private static async Task<(StepAnswer Answer, int Sent, bool WasUnclear)> TryAsync(HttpStep step, WorkloadCall call, IReadOnlyDictionary<string, JsonElement> values, long began, CancellationToken stop)
    {
        bool wasUnclear = false;
        for (int attempt = 1; ; attempt++)
        {
            StepAnswer answer = await StepSender.SendAsync(step, call, values, stop);
            wasUnclear |= answer.End == AttemptEnd.Unclear;
            bool isSettled = answer.End is AttemptEnd.Done or AttemptEnd.Refused;
            if (isSettled || attempt >= step.AttemptsMax || call.Time.GetElapsedTime(began) > call.Limit) return (answer, attempt, wasUnclear);
            await Task.Delay(step.Pause, call.Time, stop);
        }
    }

    private static Failure FailureOf(AttemptEnd end) => end switch
    {
        AttemptEnd.Refused => Failure.Refused,
        AttemptEnd.NotSent => Failure.NotSent,
        _ => Failure.NoAnswer,
    };

    private string? SubjectOf(IReadOnlyDictionary<string, JsonElement> values) => subject is null ? null : Placeholders.Fill(subject, values);

    /// <summary>What was drawn and captured, for whoever reads the history.</summary>
    private JsonElement? ReplyOf(Dictionary<string, JsonElement> values)
    {
        var told = values.Where(value => !Placeholders.Always.Contains(value.Key)).ToDictionary();
        return told.Count == 0 ? null : JsonSerializer.SerializeToElement(told);
    }
}
