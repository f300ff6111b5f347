using Microsoft.AspNetCore.OpenApi;

namespace Faultline.Lab.Api;

/// <summary>What the OpenAPI document says beside the endpoints.</summary>
internal static class LabDocument
{
    public static void Describe(OpenApiOptions options) => options.AddDocumentTransformer((document, _, _) =>
    {
        document.Info.Title = "Faultline lab";
        document.Info.Version = "v1";
        document.Info.Description =
            "Breaks message-driven systems on purpose and accounts for what survived. Every refusal is problem details (RFC 9457) with a stable 'code'; what a service refuses is passed on in its own words. "
            + "Lists over all services name those that did not answer in the header Faultline-Unanswered.";
        document.Servers?.Clear(); // Wherever it was read from.
        return Task.CompletedTask;
    });
}
