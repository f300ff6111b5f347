namespace Faultline.Lab.Problems;

/// <summary>The lab cannot do what it was asked; the message is one sentence with what was wrong and what to do.</summary>
public sealed class LabException : Exception
{
    /// <summary>Creates it with its sentence.</summary>
    public LabException(string message)
        : base(message)
    {
    }

    /// <summary>Creates it with its sentence and the failure behind it.</summary>
    public LabException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
