using Faultline.Lab.Links;
using Faultline.Lab.Problems;
using Faultline.Lab.Systems;
using Faultline.Protocol.Services;
using Faultline.Triggers;

namespace Faultline.Lab.Schedules;

/// <summary>Where the faults of a cell act.</summary>
/// <param name="Cell">The name of the cell.</param>
/// <param name="Run">The run, where several share the data of one system; null for none.</param>
/// <param name="System">The system.</param>
/// <param name="Shared">Whether other cells run at the same time: then anomalies look only at this cell's messages.</param>
/// <param name="Seed">Decides every random choice of the cell.</param>
/// <param name="Time">The clock.</param>
internal sealed record FaultSite(string Cell, string? Run, LabSystem System, bool Shared, Seed Seed, TimeProvider Time)
{
    /// <summary>The links of the system.</summary>
    /// <exception cref="LabException">The lab was started without.</exception>
    public SystemLinks Links => System.Links ?? throw new LabException("This lab was started without links, so none can be broken; start it without --no-links.");

    /// <summary>What decides the choices of one fault.</summary>
    /// <param name="fault">Its name.</param>
    /// <param name="part">A part of it, such as a link; empty for all of it.</param>
    public Seed SeedOf(string fault, string part = "") => Seed.Derive(part.Length == 0 ? $"fault/{Cell}/{fault}" : $"fault/{Cell}/{fault}/{part}");

    /// <summary>The server behind a target: whichever broker the system runs on.</summary>
    /// <param name="target">A target of disruptions.</param>
    public string ServerOf(string target) => target == BrokerNames.Target ? BrokerNames.ServerOf(System.Options.Broker) : target;
}
