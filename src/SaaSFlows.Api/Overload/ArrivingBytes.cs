using System.Runtime.InteropServices;

namespace SaaSFlows.Api.Overload;

/// <summary>Counts the bytes of bodies that are on the way: of one share and of all together. They are in memory until their body is whole.</summary>
internal sealed class ArrivingBytes(OverloadOptions options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<GateKey, long> _shares = [];
    private long _all;

    /// <summary>Call <see cref="Remove"/> with the same number afterwards, if the answer is that there is room.</summary>
    public GateAnswer Add(GateKey key, long count)
    {
        lock (_lock)
        {
            var share = _shares.GetValueOrDefault(key) + count;
            var answer =
                share > options.MaxArrivingBytes / 4 ? GateAnswer.ShareIsFull
                : _all + count > options.MaxArrivingBytes ? GateAnswer.ProcessIsFull
                : GateAnswer.Entered;
            if (answer == GateAnswer.Entered && count > 0)
            {
                _shares[key] = share;
                _all += count;
            }

            return answer;
        }
    }

    public void Remove(GateKey key, long count)
    {
        // Nearly every body is there with its head.
        if (count == 0)
        {
            return;
        }

        lock (_lock)
        {
            _all -= count;
            if ((CollectionsMarshal.GetValueRefOrNullRef(_shares, key) -= count) == 0)
            {
                _shares.Remove(key);
            }
        }
    }
}
