namespace Faultline.Lab;

/// <summary>What a lab is started with.</summary>
public sealed record LabOptions
{
    /// <summary>The folder that holds <c>.faultline</c>: the root of the repository, or where the person is.</summary>
    public required string Root { get; init; }

    /// <summary>The name of a lasting lab, its port by custom (<c>21000</c>).</summary>
    /// <value>Null: a run; it takes the first free name of <c>run-1</c>, <c>run-2</c>, ... and leaves nothing behind.</value>
    public string? Name { get; init; }

    /// <summary>A connection string of a PostgreSQL server (14 or newer) to use in place of private clusters.</summary>
    /// <value>Null: private clusters.</value>
    public string? Postgres { get; init; }

    /// <summary>The address of a RabbitMQ (3.10 or newer) to use in place of one of the lab's own, for systems that run on RabbitMQ.</summary>
    /// <value>Null: a private one, started when the first system needs it.</value>
    public string? RabbitMq { get; init; }

    /// <summary>Whether the links of the systems go through the fault proxy. Without it no link can be broken, and nothing stands between the processes.</summary>
    public bool Links { get; init; } = true;

    /// <summary>Where programs are installed.</summary>
    /// <value>Null: <c>.faultline/tools</c> below <see cref="Root"/>.</value>
    public string? ToolsFolder { get; init; }
}
