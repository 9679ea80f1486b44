namespace SaaSFlows.LocalSetup;

/// <summary>A lock between processes that the kernel releases when its holder dies.</summary>
public sealed class FileLock : IDisposable
{
    private static readonly TimeSpan _retry = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _stream;

    private FileLock(FileStream stream) => _stream = stream;

    /// <summary>Takes the lock alone, or returns null if anybody holds it.</summary>
    public static FileLock? TryExclusive(string path) => TryOpen(path, FileAccess.ReadWrite, FileShare.None);

    /// <summary>Takes the lock together with other sharers, or returns null if somebody holds it alone.</summary>
    public static FileLock? TryShared(string path) => TryOpen(path, FileAccess.Read, FileShare.Read);

    /// <summary>Waits until the lock is free and takes it alone.</summary>
    public static async Task<FileLock> ExclusiveAsync(string path, CancellationToken ct)
    {
        while (true)
        {
            if (TryExclusive(path) is { } taken)
            {
                return taken;
            }

            await Task.Delay(_retry, ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    private static FileLock? TryOpen(string path, FileAccess access, FileShare share)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return new FileLock(new FileStream(path, FileMode.OpenOrCreate, access, share));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
