using System.Runtime.InteropServices;

namespace Faultline.Cli;

/// <summary>Ctrl+C, SIGTERM and the end of the terminal: the first asks for an end, the second for a quick one.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _first = new();
    private readonly CancellationTokenSource _second = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _count;

    public CancellationToken First => _first.Token;

    public CancellationToken Second => _second.Token;

    /// <summary>Those of this process; without it they would end it at once.</summary>
    public static Interrupts OfProcess()
    {
        var interrupts = new Interrupts();
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP])
        {
            interrupts._registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                interrupts.Interrupt();
            }));
        }

        return interrupts;
    }

    public void Interrupt() => (Interlocked.Increment(ref _count) == 1 ? _first : _second).Cancel();

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
        _first.Dispose();
        _second.Dispose();
    }
}
