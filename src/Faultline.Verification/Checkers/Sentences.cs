using Faultline.Verification.Ledger;

namespace Faultline.Verification.Checkers;

/// <summary>The same words for the same things in every violation.</summary>
internal static class Sentences
{
    public static string Name(in Delivery delivery) => Name(delivery.Type, delivery.MessageId, delivery.Key, delivery.OperationId);

    public static string Name(in MessageView message) => Name(message.Type, message.Id, message.Key, message.OperationId);

    private static string Name(string type, Guid id, string? key, string? operationId) =>
        $"{(type.Length > 0 ? type : "message of unknown type")} {id}{(key is null ? "" : $" (key {key})")}{(operationId is null ? "" : $" of operation {operationId}")}";
}
