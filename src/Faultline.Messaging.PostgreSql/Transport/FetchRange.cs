namespace Faultline.Messaging.PostgreSql.Transport;

/// <summary>A piece of a partition to read: ids above <paramref name="After"/>, at most <paramref name="RowsMax"/> of them.</summary>
internal readonly record struct FetchRange(int Partition, long After, int RowsMax);
