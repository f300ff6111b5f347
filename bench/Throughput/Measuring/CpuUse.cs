namespace Faultline.Bench.Throughput.Measuring;

/// <summary>CPU seconds of the four groups of processes; NaN for one that runs on another machine.</summary>
internal readonly record struct CpuUse(double Producer, double Consumer, double Services, double Queue)
{
    public double Total => Producer + Consumer + Services + Queue;

    public static CpuUse operator -(CpuUse end, CpuUse start) =>
        new(end.Producer - start.Producer, end.Consumer - start.Consumer, end.Services - start.Services, end.Queue - start.Queue);

    /// <summary>Per thousand messages.</summary>
    public CpuUse Per1000(long messages)
    {
        double thousands = messages / 1000.0;
        return new CpuUse(Round(Producer / thousands), Round(Consumer / thousands), Round(Services / thousands), Round(Queue / thousands));
    }

    private static double Round(double value) => Math.Round(value, 4);
}
