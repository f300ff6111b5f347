using System.Text.Json;

namespace Faultline.Verification.Experiments;

/// <summary>One HTTP request of a workload that is given by its steps. Path, headers and body may hold placeholders: see <see cref="Placeholders"/>.</summary>
/// <param name="Service">The service, as <c>system/service</c>.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, and the query.</param>
/// <param name="Body">The body as text; null for none, or for one that is given as <see cref="Json"/>.</param>
public sealed record HttpStep(string Service, string Method, string Path, string? Body)
{
    /// <summary>No texts.</summary>
    public static IReadOnlyDictionary<string, string> None { get; } = new Dictionary<string, string>();

    /// <summary>The body as JSON; null for none, or for one that is given as text.</summary>
    public JsonElement? Json { get; init; }

    /// <summary>Headers.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = None;

    /// <summary>The statuses that say that it is done; empty for any from 200 to 299.</summary>
    public IReadOnlyList<int> Expect { get; init; } = [];

    /// <summary>Values of the reply that later steps may use: a name, and where in the JSON of the reply it stands, as <c>order.id</c>.</summary>
    public IReadOnlyDictionary<string, string> Capture { get; init; } = None;

    /// <summary>How long a client waits for the answer to one attempt.</summary>
    /// <value>5 seconds; 1 ms to 5 minutes.</value>
    public TimeSpan Within { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many times a client sends it while it does not know what became of it.</summary>
    /// <value>1; 1 to 1,000.</value>
    public int AttemptsMax { get; init; } = 1;

    /// <summary>How long a client waits between two attempts.</summary>
    /// <value>250 ms; 0 to 1 minute.</value>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Whether it only reads.</summary>
    public bool ChangesNothing => Method == "GET";
}

/// <summary>A value that the seed draws for each operation, the same for all attempts and in every run with that seed.</summary>
/// <param name="Name">The name of its placeholder.</param>
/// <param name="Pick">One of these; empty for a number of a range.</param>
/// <param name="From">The smallest number of the range.</param>
/// <param name="To">The largest.</param>
public sealed record DrawnValue(string Name, IReadOnlyList<JsonElement> Pick, int From = 0, int To = 0);
